"""What the cells of a workbook do not say: rows hidden or struck out, columns hidden, comments, formulas without a result, by sheet."""
