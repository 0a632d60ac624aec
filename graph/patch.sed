# What is changed in the generated code, since no setting of the generator does it.

# A part whose sender has given up is not waited for.
s/result := <-ec.DeferredResults/var result graphql.DeferredResult; select { case result = <-ec.DeferredResults: case <-ctx.Done(): return nil }/

# The first part leaves out the fields that are deferred, where the generator has null; and
# a later one has all of its fields, where the generator leaves out those that are known at once.
/don't run the out.Concurrently() call below/{n;s/graphql.Null/model.Deferred/}
s/^\tatomic.AddInt32(&ec.Deferred, .*/&\n\tif len(deferLabelToView) > 0 { out = model.FirstPart(out, fields, deferredFieldSet, deferLabelToView) }/

# A field that is deferred twice under one label is waited for once.
s/range field.Deferrables {/range model.Distinct(field.Deferrables) {/
