"""服务轮次: what was done, measured against what the approved plan promised."""
