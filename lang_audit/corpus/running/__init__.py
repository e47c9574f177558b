"""A run: cut into tasks, done by workers or a cluster, resumed, duplicates set aside, tables published."""
