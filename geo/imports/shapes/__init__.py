"""Polygons: `Features` opened, understood, cleaned, assigned to communes, drawn up; `read` conducts."""
