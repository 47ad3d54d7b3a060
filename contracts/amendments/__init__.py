"""补充合同: changes of a contract's amount, term or content, each from a day on."""
