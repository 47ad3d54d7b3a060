"""企业: the register of enterprises, which of them a contract and its rounds reach, and merges."""
