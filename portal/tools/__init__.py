"""Demo, simulation and sample data; the product never imports this package."""
