"""Rendering: records in, report files out. `renderer.Renderer` is the way in; nothing here judges a paper."""
