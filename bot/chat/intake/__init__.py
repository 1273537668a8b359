"""A photo becomes a draft, a draft becomes a job."""
