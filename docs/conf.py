"""How Sphinx builds the site; `python -m docs` (make site) prepares pages, adds what explorers hold, and calls it."""

project = "kvmviz"
author = "the kvmviz authors"
project_copyright = "the kvmviz authors, GPL-2.0-only"
extensions = ["myst_nb", "kvmviz.sphinx"]
exclude_patterns = ["_build"]

# The notebooks are run and held by the tests; the site shows what they have stored.
nb_execution_mode = "off"
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline"]

html_theme = "furo"
html_title = "kvmviz"
html_theme_options = {"navigation_with_keys": False}  # the arrow keys step through the explorer
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
# Everything is served from the folder itself: no fonts, scripts or buttons from elsewhere.
html_js_files: list[str] = []
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
suppress_warnings = ["mystnb.unknown_mime_type"]
