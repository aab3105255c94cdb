"""The page Périmètre: compose, judge, keep and send a perimeter."""
