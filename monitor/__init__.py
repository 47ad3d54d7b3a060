"""The service: app, commands, scheduler, oversight and indicators."""
