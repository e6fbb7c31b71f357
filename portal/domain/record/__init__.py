"""The public record: a Merkle tree of what was counted, signed heads of it, and its proofs."""
