"""Weather: files behind one gate, synthetic years, and the sun."""
