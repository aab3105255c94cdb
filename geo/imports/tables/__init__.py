"""Tables (CSV, XLSX, ODS): grid → columns → rows → zones, conducted by `read`."""
