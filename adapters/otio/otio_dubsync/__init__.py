"""OpenTimelineIO plug-in of dubsync. OTIO finds `plugin_manifest.json` here through the entry point."""
