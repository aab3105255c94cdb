"""Maps on paper, as SVG: drawing, names that find room, what lies over a map, a whole page A4 or A3.

They compute no figure; `perimeter_svg` and `coverage_svg` use them. Start from `Panel` and `svg_map` in `svg`, `map_page` in `sheet`.
"""
