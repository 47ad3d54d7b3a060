"""Writing a contract over the API and on screen, shown with its money as everywhere."""
