"""What the operator's own tools are told over HTTP: metrics, and whether the program is well."""
