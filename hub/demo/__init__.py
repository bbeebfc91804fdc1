"""The demo alliance: a bundle that ships with the hub. What is in it: docs/demo-alliance.md."""
