"""Tables (CSV, XLSX, ODS): grids opened, columns understood, rows read, zones drawn up; `read` conducts."""
