"""Pages: thin views and their forms, in parts that do not know each other."""
