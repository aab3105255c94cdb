"""The page Comparaison: scales and scenarios side by side."""
