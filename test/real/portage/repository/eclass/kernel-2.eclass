# Only that it is inherited matters.
IUSE="symlink"
SLOT="${PVR}"
