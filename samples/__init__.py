"""Two real cities' ledgers as workbooks a department could have kept."""
