"""Letters: kinds, states, actions and what each action does."""
