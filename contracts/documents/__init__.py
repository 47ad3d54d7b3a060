"""Documents 附件: files attached to records, stored once, in versions, read by who sees the record."""
