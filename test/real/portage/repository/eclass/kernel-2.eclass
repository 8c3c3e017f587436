# Only the name matters: the hook checks INHERITED.
IUSE="symlink"
SLOT="${PVR}"
