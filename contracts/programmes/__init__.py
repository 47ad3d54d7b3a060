"""预算项目: entering and changing one; a contract is paid from one, or from several by shares."""
