/* The generic half of a teardown, written for kvmviz's tests: as the model does it, in C. */

static u64 tdp_mmu_set_spte(struct kvm *kvm, tdp_ptep_t place, u64 was, u64 becomes, gfn_t gfn, int level)
{
	WARN_ON_ONCE(is_frozen_spte(was) || is_frozen_spte(becomes));
	was = kvm_tdp_mmu_write_spte(place, was, becomes, level);
	handle_changed_spte(kvm, sptep_to_sp(place), gfn, was, becomes, level, false);
	return was;
}

static void tdp_mmu_iter_set_spte(struct kvm *kvm, struct tdp_iter *at, u64 becomes)
{
	WARN_ON_ONCE(at->yielded);
	at->old_spte = tdp_mmu_set_spte(kvm, at->sptep, at->old_spte, becomes, at->gfn, at->level);
}

/* With a label in the loop, as a walk that races has. */
static void __tdp_mmu_zap_root(struct kvm *kvm, struct kvm_mmu_page *root, bool shared, int zap_level)
{
	struct tdp_iter at;

	for_each_tdp_pte_min_level_all(at, root, zap_level) {
again:
		if (tdp_mmu_iter_cond_resched(kvm, &at, false, shared))
			continue;
		if (at.level > zap_level || !is_shadow_present_pte(at.old_spte))
			continue;
		if (shared) {
			if (tdp_mmu_set_spte_atomic(kvm, &at, SHADOW_NONPRESENT_VALUE))
				goto again;
		} else {
			tdp_mmu_iter_set_spte(kvm, &at, SHADOW_NONPRESENT_VALUE);
		}
	}
}

static void tdp_mmu_zap_root(struct kvm *kvm, struct kvm_mmu_page *root, bool shared)
{
	int level = IS_ENABLED(CONFIG_KVM_PROVE_MMU) ? PG_LEVEL_1G : PG_LEVEL_4K;

	WARN_ON_ONCE(refcount_read(&root->tdp_mmu_root_count) == 0);
	for (; level <= PG_LEVEL_1G; level++)
		__tdp_mmu_zap_root(kvm, root, shared, level);
	__tdp_mmu_zap_root(kvm, root, shared, root->role.level);
}

static bool tdp_mmu_zap_leafs(struct kvm *kvm, struct kvm_mmu_page *root, gfn_t start, gfn_t end, bool can_yield,
			      bool flush)
{
	struct tdp_iter at;

	for_each_tdp_pte_min_level(at, kvm, root, PG_LEVEL_4K, start, end) {
		if (can_yield && tdp_mmu_iter_cond_resched(kvm, &at, flush, false))
			continue;
		if (is_shadow_present_pte(at.old_spte) && is_last_spte(at.old_spte, at.level)) {
			tdp_mmu_iter_set_spte(kvm, &at, SHADOW_NONPRESENT_VALUE);
			flush = true;
		}
	}
	return flush;
}

void kvm_tdp_mmu_put_root(struct kvm *kvm, struct kvm_mmu_page *root)
{
	if (!refcount_dec_and_test(&root->tdp_mmu_root_count))
		return;
	KVM_BUG_ON(!root->role.invalid, kvm);
	list_del_rcu(&root->link);
	call_rcu(&root->rcu_head, tdp_mmu_free_sp_rcu_callback);
}

void kvm_tdp_mmu_zap_invalidated_roots(struct kvm *kvm, bool shared)
{
	struct kvm_mmu_page *root;

	if (shared)
		read_lock(&kvm->mmu_lock);
	else
		write_lock(&kvm->mmu_lock);
	for_each_tdp_mmu_root_yield_safe(kvm, root) {
		if (root->tdp_mmu_scheduled_root_to_zap) {
			root->tdp_mmu_scheduled_root_to_zap = false;
			tdp_mmu_zap_root(kvm, root, shared);
			kvm_tdp_mmu_put_root(kvm, root);
		}
	}
	if (shared)
		read_unlock(&kvm->mmu_lock);
	else
		write_unlock(&kvm->mmu_lock);
}

void kvm_tdp_mmu_invalidate_roots(struct kvm *kvm, enum kvm_tdp_mmu_root_types which)
{
	struct kvm_mmu_page *root;

	list_for_each_entry(root, &kvm->arch.tdp_mmu_roots, link) {
		if (root->role.invalid || !(which & (is_mirror_sp(root) ? KVM_MIRROR_ROOTS : KVM_DIRECT_ROOTS)))
			continue;
		root->role.invalid = true;
		root->tdp_mmu_scheduled_root_to_zap = true;
	}
}

void kvm_mmu_uninit_tdp_mmu(struct kvm *kvm)
{
	kvm_tdp_mmu_invalidate_roots(kvm, KVM_VALID_ROOTS);
	kvm_tdp_mmu_zap_invalidated_roots(kvm, false);
	WARN_ON(!list_empty(&kvm->arch.tdp_mmu_roots));
	rcu_barrier();
}
