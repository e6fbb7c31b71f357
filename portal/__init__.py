"""The portal: citizens write, departments answer, answers worth sharing are published."""
