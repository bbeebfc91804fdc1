"""Moving knowledge in and out: the alliance bundle and its codecs."""
