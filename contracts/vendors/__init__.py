"""承接主体: who they are, what they may do, whom and what they promised, how they did."""
