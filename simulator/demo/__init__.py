"""The documented test handoff, played against a real bridge in front of the reader's eyes."""
