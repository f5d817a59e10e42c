"""服务热线: a county's public telephone numbers."""
