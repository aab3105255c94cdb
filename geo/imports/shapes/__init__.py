"""Polygons (GeoJSON, GeoPackage, Shapefile, KML, FlatGeobuf, GeoParquet): open → clean → attributes → assign → zones, conducted by `read`."""
