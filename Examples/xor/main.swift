print("xor")
