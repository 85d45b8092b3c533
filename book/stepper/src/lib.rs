//! Reads traces, folds them into state, and says in words what happened.
