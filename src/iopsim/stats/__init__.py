"""Statistics: intervals and bands over replications. Arrays of floats; nothing here knows the clinic."""
