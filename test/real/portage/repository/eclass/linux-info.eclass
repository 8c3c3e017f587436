: "${KERNEL_DIR:=${ROOT%/}/usr/src/linux}"
