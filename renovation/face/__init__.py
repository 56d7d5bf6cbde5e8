"""The face of the portal: components, navigation, the gallery page. No models, no facts."""
