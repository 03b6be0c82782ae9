// Loads fleetblock.bpf.o as the agent does: for packets of several buffers first, without them where the kernel does not know them. Prints
// how many instructions the verifier walked. Static, for an initramfs without a library.
#include <stdio.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

int main(int argc, char **argv)
{
	for (int frags = 1; argc == 2 && frags >= 0; frags--) {
		struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
		struct bpf_program *program = object ? bpf_object__find_program_by_name(object, "fleetblock") : NULL;
		struct bpf_prog_info info = {};
		__u32 length = sizeof(info);

		if (!program || bpf_program__set_flags(program, frags ? BPF_F_XDP_HAS_FRAGS : 0))
			break;
		if (!bpf_object__load(object) && !bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length)) {
			printf("%u instructions, frags %s\n", info.verified_insns, frags ? "taken" : "refused");
			return 0;
		}
		bpf_object__close(object);
	}
	return 1;
}
