"""Pictures: DOT text, layout, SVG; everything here hangs on from above and the model knows nothing of it."""
