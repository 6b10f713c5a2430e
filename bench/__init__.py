"""The product against its floor, as ratios in one run. README.md says how each figure is measured."""
