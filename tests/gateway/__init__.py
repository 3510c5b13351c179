"""Official clients through the example gateway to scripted providers, all on loopback."""
