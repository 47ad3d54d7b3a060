"""验收 by stage, and of the reports that a service ends with."""
