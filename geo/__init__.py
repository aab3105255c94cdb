"""The core: what is known of communes, layers, perimeters and coverage. It never imports the screen."""
