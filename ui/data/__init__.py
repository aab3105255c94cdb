"""The page Données: sources, imports, versions."""
