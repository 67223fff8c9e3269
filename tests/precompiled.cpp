// Empty on purpose: a target has a precompiled header only when one of its sources uses it.
