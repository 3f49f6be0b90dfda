"""What the HTTP and socket doors share: who asks, how errors are told, headers, limits, language."""
