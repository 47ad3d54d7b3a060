"""Records of a file, one declaration a kind: API, pages, trail words and workbook columns."""
