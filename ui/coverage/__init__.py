"""The page Couverture: map, figures, gaps, priorities, next CLSM, surveys, files."""
