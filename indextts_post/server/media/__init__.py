"""Takes films and sounds; gives what a browser can play and draw: proxies and waveforms."""
