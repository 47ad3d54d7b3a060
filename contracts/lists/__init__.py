"""Lists on screen: columns to choose, saved views, export of what is shown."""
