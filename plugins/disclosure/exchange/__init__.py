"""What the plugin gives to others: panels, work items, life-line steps, rights on its files."""
