"""The core: communes, layers, perimeters, guidance and coverage, without any screen."""
